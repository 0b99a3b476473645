package io.podidentity.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The compiled code that the rules look at. */
final class ProductCode {
  static final String API = "io.podidentity.api";
  static final List<String> LIBRARIES =
      List.of(API, "io.podidentity.azure", "io.podidentity.k8s", "io.podidentity.iptables");
  static final List<String> PROGRAMS =
      List.of("io.podidentity.bin", "io.podidentity.mic", "io.podidentity.nmi");
  static final String TEST_KIT = "io.podidentity.testkit";

  private ProductCode() {}

  /** The one module that others build on. */
  static JavaClasses api() {
    return read(List.of(API));
  }

  /**
   * The four library modules: {@code onionArchitecture} counts a program's dependencies as faults.
   */
  static JavaClasses libraries(Class<?>... planted) {
    return read(LIBRARIES, planted);
  }

  /** What others have from Maven. */
  static JavaClasses published() {
    return read(Stream.concat(LIBRARIES.stream(), Stream.of(TEST_KIT)).toList());
  }

  /** Libraries and programs. */
  static JavaClasses all(Class<?>... planted) {
    return read(Stream.of(LIBRARIES, PROGRAMS).flatMap(List::stream).toList(), planted);
  }

  /** Libraries, programs and the test kit. */
  static JavaClasses everything(Class<?>... planted) {
    return read(
        Stream.of(LIBRARIES, PROGRAMS, List.of(TEST_KIT)).flatMap(List::stream).toList(), planted);
  }

  private static JavaClasses read(List<String> packages, Class<?>... planted) {
    List<String> extra =
        Arrays.stream(planted).map(type -> type.getName().replace('.', '/') + ".class").toList();
    return new ClassFileImporter()
        .withImportOption(
            location ->
                !location.contains("/test-classes/") || extra.stream().anyMatch(location::contains))
        .importPackages(packages);
  }
}
