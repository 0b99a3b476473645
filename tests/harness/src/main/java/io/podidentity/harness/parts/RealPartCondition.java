package io.podidentity.harness.parts;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Decides for {@link RequiresRealPart}. A part after a missing one is recorded too, unless that one
 * fails the test.
 */
final class RealPartCondition implements ExecutionCondition {

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getElement(), RequiresRealPart.class)
        .map(annotation -> decide(PartRecords.configured(), RealPart::missing, annotation.value()))
        .orElseGet(() -> enabled("needs no real part"));
  }

  static ConditionEvaluationResult decide(
      PartRecords records, Function<RealPart, @Nullable String> missing, RealPart... parts) {
    ConditionEvaluationResult result = enabled("all its real parts are there");
    for (RealPart part : parts) {
      String reason = records.settle(part, missing.apply(part));
      if (reason != null) {
        result = disabled(reason);
      }
    }
    return result;
  }
}
