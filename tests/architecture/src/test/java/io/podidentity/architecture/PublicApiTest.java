package io.podidentity.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What is public in podidentity-api is in a file, so that a change of it is in the diff. The file
 * is written anew with
 *
 * <pre>
 * mvn -q -Dquick -pl tests/architecture -am test -Dtest=PublicApiTest \
 *   -Dsurefire.failIfNoSpecifiedTests=false -Dpodidentity.publicApi=write
 * </pre>
 */
final class PublicApiTest {
  private static final Path LISTING =
      Path.of("..", "..", "podidentity-api", "public-api.txt").toAbsolutePath().normalize();

  @Test
  void listingSaysWhatIsPublic() throws IOException {
    List<String> found = PublicApi.describe(apiTypes());
    if (System.getProperty("podidentity.publicApi", "").equals("write")) {
      Files.write(LISTING, found);
    }

    assertThat(found).hasSizeGreaterThan(100);
    assertThat(String.join("\n", found))
        .as(
            "public API; if the change is meant, write public-api.txt anew: see this test's"
                + " Javadoc")
        .isEqualTo(Files.readString(LISTING).strip());
  }

  @Test
  void listingShowsWhatACallerSeesAndNoMore() {
    assertThat(
            PublicApi.describe(
                Stream.of(PlantedApi.class, PlantedApi.Kind.class, PlantedApi.Hidden.class)))
        .containsExactly(
            "io.podidentity.architecture.PlantedApi (abstract class) is Runnable",
            "io.podidentity.architecture.PlantedApi: @Nullable String name",
            "io.podidentity.architecture.PlantedApi: new(List<PlantedApi.Kind>, @Nullable String)",
            "io.podidentity.architecture.PlantedApi: protected abstract void work()",
            "io.podidentity.architecture.PlantedApi.Kind (enum)",
            "io.podidentity.architecture.PlantedApi.Kind: static PlantedApi.Kind ONE");
  }

  static Stream<Class<?>> apiTypes() {
    return ProductCode.api().stream()
        .filter(type -> !type.getSimpleName().equals("package-info"))
        .map(JavaClass::reflect);
  }
}
