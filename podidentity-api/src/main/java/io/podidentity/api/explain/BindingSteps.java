package io.podidentity.api.explain;

import io.podidentity.api.explain.Situation.Resource;
import io.podidentity.api.explain.Step.Part;
import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.matching.ManagedSelector;
import io.podidentity.api.matching.Matches;
import io.podidentity.api.matching.Selection;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The bindings that select the pod, and the identities that they name. What matches is what {@link
 * Matches} and {@link ManagedSelector} say; here it is said why the others do not.
 */
final class BindingSteps {
  private final Situation situation;
  private final Pod pod;
  private final Verdict problem;
  private final List<IdentityBinding> bindings;

  /**
   * Steps about a pod with the label.
   *
   * @param problem the verdict of what is wrong
   */
  BindingSteps(Situation situation, Pod pod, Verdict problem) {
    this.situation = situation;
    this.pod = pod;
    this.problem = problem;
    this.bindings =
        situation.cluster().bindings().stream()
            .sorted(Comparator.comparing(IdentityBinding::name))
            .toList();
  }

  /** The bindings that select it. */
  List<IdentityBinding> selecting() {
    return bindings.stream().filter(this::selects).toList();
  }

  List<Step> of(Matches matches) {
    String unseen = situation.unseen().get(Resource.BINDINGS);
    if (unseen != null) {
      return List.of(
          Step.unknown(
              Part.BINDING,
              "the bindings are not known: " + unseen,
              "nmi explain %s --kubeconfig=FILE, of somebody who may list them"
                  .formatted(pod.name())));
    }
    List<Step> steps = new ArrayList<>();
    selecting().forEach(binding -> steps.add(of(binding, matches)));
    if (steps.isEmpty()) {
      steps.add(none());
    }
    return steps;
  }

  private boolean selects(IdentityBinding binding) {
    return situation.options().managed()
        ? ManagedSelector.selects(binding, pod)
        : !pod.bindingLabel().isEmpty() && binding.selector().equals(pod.bindingLabel());
  }

  private Step of(IdentityBinding binding, Matches matches) {
    Optional<AzureIdentity> named =
        situation.cluster().identities().stream()
            .filter(it -> it.name().namespace().equals(binding.name().namespace()))
            .filter(it -> it.name().name().equals(binding.azureIdentity()))
            .findAny();
    if (isMatched(binding, named, matches)) {
      return Step.ok(
          Part.BINDING,
          "AzureIdentityBinding %s selects its label, and names AzureIdentity %s"
              .formatted(binding.name(), named.orElseThrow().name()));
    }
    return new IdentitySteps(situation, pod, problem).unmatched(binding, named, matches);
  }

  private boolean isMatched(
      IdentityBinding binding, Optional<AzureIdentity> named, Matches matches) {
    return situation.options().managed()
        ? named.isPresent()
            && ManagedSelector.select(pod, IdentityChoice.ANY, List.of(named.get()))
                instanceof Selection.Chosen
        : matches.byRecord().values().stream()
            .anyMatch(it -> it.pod().equals(pod) && isThrough(it, binding, named));
  }

  /** Two bindings to one identity give one record, which names the first of them. */
  private static boolean isThrough(
      DesiredAssignment desired, IdentityBinding binding, Optional<AzureIdentity> named) {
    return desired.binding().equals(binding)
        || named.filter(desired.identity()::equals).isPresent();
  }

  /** None selects it; one that nearly does, if there is any. */
  private Step none() {
    String label = pod.bindingLabel();
    String get = "kubectl get azureidentitybindings -A";
    for (IdentityBinding binding : bindings) {
      if (binding.selector().equals(label)) {
        return wrong(
            Finding.BINDING_IN_OTHER_NAMESPACE,
            "AzureIdentityBinding %s selects its label %s, but pods of its own namespace alone"
                .formatted(binding.name(), label),
            "kubectl get azureidentitybinding %s -n %s -o yaml, and put it into %s"
                .formatted(
                    binding.name().name(), binding.name().namespace(), pod.name().namespace()));
      }
    }
    Optional<IdentityBinding> otherCase =
        ofItsNamespaceFirst(binding -> Nearly.differInCase(binding.selector(), label));
    if (otherCase.isPresent()) {
      return nearly(Finding.SELECTOR_CASE, otherCase.get());
    }
    Optional<IdentityBinding> typo =
        Nearly.nearest(
            label,
            bindings.stream().sorted(this::itsNamespaceFirst).toList(),
            IdentityBinding::selector);
    if (typo.isPresent()) {
      return nearly(Finding.SELECTOR_MISSPELT, typo.get());
    }
    Optional<IdentityBinding> empty =
        bindings.stream()
            .filter(binding -> binding.selector().isEmpty() && isOfItsNamespace(binding))
            .findFirst();
    if (empty.isPresent()) {
      return wrong(
          Finding.SELECTOR_EMPTY,
          "AzureIdentityBinding %s has no selector, so it selects nothing; the pod's label is %s"
              .formatted(empty.get().name(), label),
          edit(empty.get()));
    }
    return wrong(
        Finding.BINDING_MISSING,
        "no AzureIdentityBinding selects its label %s, and none nearly does".formatted(label),
        get);
  }

  private Step nearly(Finding finding, IdentityBinding binding) {
    return wrong(
        finding,
        "AzureIdentityBinding %s selects %s, and the pod's label is %s"
            .formatted(binding.name(), binding.selector(), pod.bindingLabel()),
        edit(binding));
  }

  private Optional<IdentityBinding> ofItsNamespaceFirst(Predicate<IdentityBinding> wanted) {
    return bindings.stream().filter(wanted).min(this::itsNamespaceFirst);
  }

  private int itsNamespaceFirst(IdentityBinding one, IdentityBinding other) {
    return Boolean.compare(isOfItsNamespace(other), isOfItsNamespace(one));
  }

  private boolean isOfItsNamespace(IdentityBinding binding) {
    return binding.name().namespace().equals(pod.name().namespace());
  }

  private static String edit(IdentityBinding binding) {
    return "kubectl edit azureidentitybinding %s -n %s"
        .formatted(binding.name().name(), binding.name().namespace());
  }

  private Step wrong(Finding finding, String text, String next) {
    return Step.of(Part.BINDING, problem, finding, text, next);
  }
}
