package io.podidentity.harness.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UnpackedImagesTest {

  @TempDir Path folder;
  private Path home;
  private Path images;

  @BeforeEach
  void build() throws IOException {
    home = write(folder.resolve("built"), "first");
    images = folder.resolve("images");
  }

  @Test
  void imageThatIsNotThereSaysHowItIsBuilt() {
    assertThat(UnpackedImages.missing(images, "nmi", home))
        .isEqualTo("the image of nmi is not built: run tests/images/build.sh after mvn package");
  }

  @Test
  void imageOfTheSameBuildIsThere() throws IOException {
    write(images.resolve("nmi/rootfs/opt/podidentity/nmi"), "first");

    assertThat(UnpackedImages.missing(images, "nmi", home)).isNull();
  }

  @Test
  void imageOfAnotherBuildIsNone() throws IOException {
    write(images.resolve("nmi/rootfs/opt/podidentity/nmi"), "other");

    assertThat(UnpackedImages.missing(images, "nmi", home))
        .startsWith("the image of nmi is of another build");
  }

  private static Path write(Path program, String jar) throws IOException {
    Files.createDirectories(program.resolve("lib"));
    Files.writeString(program.resolve("nmi.jar"), "main");
    Files.writeString(program.resolve("lib/podidentity-api-1.jar"), jar);
    return program;
  }
}
