package io.podidentity.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/** Finds packages that do not say what null means in them. */
final class NullMarkedPackages {
  private NullMarkedPackages() {}

  static List<String> missingIn(JavaClasses classes) {
    return classes.stream()
        .map(JavaClass::getPackage)
        .distinct()
        .filter(
            each ->
                each.tryGetPackageInfo()
                    .map(info -> !info.isAnnotatedWith(NullMarked.class))
                    .orElse(true))
        .map(each -> each.getName())
        .sorted()
        .toList();
  }
}
