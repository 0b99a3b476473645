package io.podidentity.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.function.Predicate;

/** Rules about what code touches: fields, methods and constructors. */
final class Accesses {
  private Accesses() {}

  /** No class of these touches what is forbidden. */
  static ArchRule none(
      DescribedPredicate<JavaClass> classes, String what, Predicate<JavaAccess<?>> forbidden) {
    return noClasses()
        .that(classes)
        .should(
            new ArchCondition<>(what) {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                type.getAccessesFromSelf().stream()
                    .filter(forbidden)
                    .forEach(
                        access ->
                            events.add(
                                SimpleConditionEvent.satisfied(type, access.getDescription())));
              }
            });
  }

  /** The class and the name of what is touched. */
  static String nameOf(JavaAccess<?> access) {
    return access.getTargetOwner().getName() + "." + access.getName();
  }
}
