package io.podidentity.api.explain;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Step.Part;
import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.TokenService;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the request names, what the token service says, and what NMI answers. */
final class AnswerSteps {
  private AnswerSteps() {}

  static List<Step> of(Situation situation, BrokersAnswer answer) {
    List<Step> steps = new ArrayList<>();
    PodIdentityException refusal = answer.refusal();
    if (refusal != null && refusal.reason() == ErrorReason.IDENTITY_NOT_ALLOWED) {
      steps.add(choice(situation));
    }
    TokenQuery query = answer.query();
    if (query != null) {
      steps.add(token(situation, query));
    }
    steps.add(answer(answer, refusal, situation.asked()));
    return steps;
  }

  private static Step choice(Situation situation) {
    IdentityChoice choice = situation.request().choice();
    List<AzureIdentity> meant =
        situation.cluster().identities().stream()
            .filter(identity -> choice.includes(identity.credential()))
            .toList();
    return meant.isEmpty()
        ? Step.of(
            Part.CHOICE,
            Verdict.WRONG,
            Finding.CHOICE_UNKNOWN,
            "the request names %s, and no AzureIdentity has that: is it an object ID, or another"
                    .formatted(choice)
                + " identity's?",
            "az identity show --ids RESOURCE_ID --query clientId")
        : Step.of(
            Part.CHOICE,
            Verdict.WRONG,
            Finding.CHOICE_NOT_BOUND,
            "the request names %s, which is AzureIdentity %s; that is not assigned for this pod"
                .formatted(
                    choice, Nearly.few(meant.stream().map(AzureIdentity::name).sorted().toList())),
            "kubectl get azureidentitybindings -A");
  }

  private static Step token(Situation situation, TokenQuery query) {
    String service = query.service() == TokenService.ENTRA ? "Entra ID" : "IMDS";
    Situation.Asked asked = situation.asked();
    if (asked == null) {
      return Step.unknown(
          Part.TOKEN,
          "%s was not asked for %s: only NMI on the pod's node does that"
              .formatted(service, subject(query)),
          "nmi explain %s --node=NODE, in NMI's container on the pod's node"
              .formatted(situation.request().pod()));
    }
    PodIdentityException refusal = asked.refusal();
    return refusal == null
        ? Step.ok(Part.TOKEN, "%s gave a token for %s".formatted(service, subject(query)))
        : Step.of(
            Part.TOKEN,
            Verdict.WRONG,
            refusal.reason(),
            "%s: %s".formatted(service, refusal.getMessage()),
            "kubectl logs -n NAMESPACE NMI_POD --tail=50");
  }

  private static Step answer(
      BrokersAnswer answer,
      @Nullable PodIdentityException refusal,
      Situation.@Nullable Asked asked) {
    if (!answer.unknown().isEmpty()) {
      return Step.unknown(
          Part.ANSWER,
          "what NMI answers is not known without "
              + String.join(", ", answer.unknown().stream().map(Situation.Resource::text).toList()),
          "");
    }
    PodIdentityException last = refusal == null && asked != null ? asked.refusal() : refusal;
    return last == null
        ? Step.ok(Part.ANSWER, "NMI gives the pod a token for " + subject(answer.query()))
        : Step.of(
            Part.ANSWER, Verdict.WRONG, last.reason(), "NMI refuses: " + last.getMessage(), null);
  }

  private static String subject(@Nullable TokenQuery query) {
    return query != null && query.subject() instanceof TokenQuery.Bound bound
        ? "AzureIdentity " + bound.identity().name()
        : "the node's identity";
  }
}
