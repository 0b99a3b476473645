package io.podidentity.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.podidentity.architecture.Rules.Vendor;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which signatures may show a vendor's type. Constructors and static factories may, since that is
 * how an embedder hands in a client of his own; what is called afterwards may not.
 */
final class VendorTypes {
  /** Types that are a vendor's by nature: the custom resources are fabric8's to read and write. */
  private static final Set<String> PACKAGES_THAT_ARE_THE_VENDORS = Set.of("io.podidentity.k8s.crd");

  private VendorTypes() {}

  static ArchRule inNoPublicMethod() {
    return methods()
        .that()
        .arePublic()
        .and()
        .areNotStatic()
        .and()
        .areDeclaredInClassesThat(
            describe("are public and not custom resources", VendorTypes::isPublicAndOurs))
        .should(showNoVendorType());
  }

  private static boolean isPublicAndOurs(JavaClass type) {
    return modifier(JavaModifier.PUBLIC).test(type)
        && !PACKAGES_THAT_ARE_THE_VENDORS.contains(type.getPackageName());
  }

  private static ArchCondition<JavaMethod> showNoVendorType() {
    return new ArchCondition<>("show no vendor's type") {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        Stream.concat(Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
            .filter(type -> Vendor.all().stream().anyMatch(vendor -> vendor.owns(type)))
            .forEach(
                type ->
                    events.add(
                        SimpleConditionEvent.violated(
                            method, method.getFullName() + " shows " + type.getName())));
      }
    };
  }
}
