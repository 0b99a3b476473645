package io.podidentity.mic;

import static java.util.stream.Collectors.joining;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.assignment.AssignmentPlan;
import io.podidentity.api.assignment.PlannedStep;
import io.podidentity.api.assignment.PlannedStep.Action;
import io.podidentity.api.assignment.TargetPlan;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import io.podidentity.bin.OneLine;
import io.podidentity.bin.OutputFormat;
import io.podidentity.bin.PrintedJson;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How {@code mic plan} prints. Identities of a machine in lower case, as MIC asks Azure for them:
 * records and identities may write the same one differently.
 */
enum PlanFormat {
  /** For people. */
  TEXT {
    @Override
    String of(AssignmentPlan plan, List<PlannedStep> steps) {
      StringBuilder text = new StringBuilder();
      for (TargetPlan target : plan.targets()) {
        line(text, nameOf(target.target(), "without a machine") + ":");
        target.attach().forEach(id -> line(text, "needs", id.lowerCase()));
        target.detach().forEach(id -> line(text, "loses", id.lowerCase()));
        stepsOn(target.target(), steps)
            .forEach(step -> line(text, wordOf(step.action()), textOf(step)));
      }
      plan.problems()
          .forEach((object, problem) -> line(text, object + " is left aside: " + problem));
      plan.notices()
          .forEach(
              notice ->
                  line(
                      text,
                      "%s %s: %s"
                          .formatted(notice.kind().kindName(), notice.object(), notice.text())));
      if (plan.next() != null) {
        line(text, "something that waits is due at " + plan.next());
      }
      line(text, summary(steps));
      return text.toString();
    }
  },

  /** For programs: one object; {@code docs/mic-commands.md} says what its members are. */
  JSON {
    @Override
    String of(AssignmentPlan plan, List<PlannedStep> steps) {
      Map<String, @Nullable Object> json = new LinkedHashMap<>();
      json.put("targets", plan.targets().stream().map(target -> jsonOf(target, steps)).toList());
      List<Object> problems = new ArrayList<>();
      plan.problems()
          .forEach(
              (object, problem) ->
                  problems.add(
                      objectOf(object.kind(), object.name().toString(), "problem", problem)));
      json.put("problems", problems);
      json.put(
          "notices",
          plan.notices().stream()
              .map(it -> objectOf(it.kind().kindName(), it.object().toString(), "text", it.text()))
              .toList());
      json.put("next", plan.next() == null ? null : plan.next().toString());
      return PrintedJson.of(json);
    }
  };

  /**
   * The format of that name.
   *
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if there is none
   */
  static PlanFormat named(String name) {
    return switch (OutputFormat.named(name)) {
      case TEXT -> TEXT;
      case JSON -> JSON;
    };
  }

  /**
   * The text, with its last line's end.
   *
   * @param steps all of the plan's
   */
  abstract String of(AssignmentPlan plan, List<PlannedStep> steps);

  private static void line(StringBuilder text, String word, String what) {
    line(text, "  %-8s %s".formatted(word, what));
  }

  /** Some of it is what users wrote into objects. */
  private static void line(StringBuilder text, String line) {
    text.append(OneLine.of(line)).append('\n');
  }

  private static String textOf(PlannedStep step) {
    return "%s: pod %s, AzureIdentity %s; %s"
        .formatted(step.record(), step.pod(), step.identity(), step.why());
  }

  private static String summary(List<PlannedStep> steps) {
    if (steps.isEmpty()) {
      return "nothing to do";
    }
    Map<Action, Integer> counts = new EnumMap<>(Action.class);
    steps.forEach(step -> counts.merge(step.action(), 1, Integer::sum));
    return counts.entrySet().stream()
        .map(entry -> entry.getValue() + " to " + wordOf(entry.getKey()))
        .collect(joining(", "));
  }

  private static Object jsonOf(TargetPlan target, List<PlannedStep> steps) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("target", target.target() == null ? null : target.target().id().toString());
    json.put("attach", texts(target.attach()));
    json.put("detach", texts(target.detach()));
    json.put("records", stepsOn(target.target(), steps).stream().map(PlanFormat::jsonOf).toList());
    return json;
  }

  private static Object jsonOf(PlannedStep step) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("action", wordOf(step.action()));
    json.put("record", step.record().toString());
    json.put("pod", step.pod().toString());
    json.put("binding", step.binding().toString());
    json.put("identity", step.identity().toString());
    json.put("why", step.why());
    return json;
  }

  private static Object objectOf(String kind, String name, String member, String text) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", kind);
    json.put("name", name);
    json.put(member, text);
    return json;
  }

  private static List<PlannedStep> stepsOn(
      @Nullable ComputeTarget target, List<PlannedStep> steps) {
    return steps.stream().filter(step -> Objects.equals(step.target(), target)).toList();
  }

  private static List<String> texts(Collection<ResourceId> ids) {
    return ids.stream().map(ResourceId::lowerCase).toList();
  }

  private static String nameOf(@Nullable ComputeTarget target, String none) {
    return target == null ? none : target.id().toString();
  }

  private static String wordOf(Action action) {
    return action.name().toLowerCase(Locale.ROOT);
  }
}
