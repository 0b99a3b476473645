package io.podidentity.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.podidentity.api.PodIdentityException;
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

  @Test
  void whatIsPublicShowsNothingThatIsNot() {
    assertThat(HiddenTypes.shownBy(ProductCode.published())).isEmpty();
  }

  @Test
  void eachWayOfShowingWhatIsNotPublicIsFound() {
    String type = PlantedLeaks.class.getName();
    String hidden = PlantedHidden.class.getName();
    assertThat(
            HiddenTypes.shownBy(
                new ClassFileImporter().importClasses(PlantedLeaks.class, PlantedHidden.class)))
        .containsExactly(
            hidden + ".inherited() shows " + hidden + "$Other",
            type + " shows " + hidden,
            type + " shows " + hidden + "$Other",
            type + ".<init>([L" + hidden + ";) shows " + hidden,
            type + ".field shows " + hidden,
            type + ".result() shows " + hidden,
            type + ".thrown() shows " + hidden + "$Failure",
            type + ".typeParameter(" + hidden + ") shows " + hidden);
  }

  @Test
  void thereIsOneExceptionToCatch() {
    assertThat(ProductCode.published())
        .filteredOn(type -> type.isAssignableTo(Throwable.class))
        .filteredOn(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
        .extracting(JavaClass::getName)
        .containsExactly(PodIdentityException.class.getName());
  }

  static Stream<Class<?>> apiTypes() {
    return ProductCode.api().stream()
        .filter(type -> !type.getSimpleName().equals("package-info"))
        .map(JavaClass::reflect);
  }
}
