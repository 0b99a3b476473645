package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The chart runs the images as their Dockerfiles mean it. What the end-to-end tests run from images
 * has the user and the capabilities that the chart gives.
 */
@RequiresRealPart(RealPart.HELM)
final class ImagesTest {

  static List<String> cases() {
    return Chart.cases().toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyContainerRunsTheProgramOfAnImageWithAReadOnlyRoot(String values) {
    for (ObjectYaml container : containers(values)) {
      // The start command is the image's own.
      assertThat(container.at("command")).isNull();
      assertThat(Chart.file("images/" + program(container) + "/Dockerfile")).exists();
      assertThat(container.at("securityContext", "readOnlyRootFilesystem")).isEqualTo(true);
      assertThat(container.at("securityContext", "allowPrivilegeEscalation")).isEqualTo(false);
      assertThat(container.at("securityContext", "capabilities", "drop")).isEqualTo(List.of("ALL"));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyContainersUserIsItsImagesOrRootToReadAFileOfTheNode(String values) {
    for (ObjectYaml container : containers(values)) {
      String program = program(container);
      boolean readsNodeFile = String.valueOf(container.at("volumeMounts")).contains("azure-file");
      String expected = program.equals("mic") && readsNodeFile ? "0" : user(program);

      assertThat(String.valueOf(container.at("securityContext", "runAsUser")))
          .as(program)
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nmi", "mic"})
  void imageStartsItsProgram(String program) {
    assertThat(instruction(program, "ENTRYPOINT"))
        .isEqualTo("[\"/opt/podidentity/%1$s/bin/%1$s\"]".formatted(program));
  }

  private static List<ObjectYaml> containers(String values) {
    List<ObjectYaml> containers = new ArrayList<>();
    for (ObjectYaml object : ObjectYaml.all(Chart.renderCase(values))) {
      for (String kind : List.of("initContainers", "containers")) {
        if (object.at("spec", "template", "spec", kind) instanceof List<?> list) {
          list.forEach(each -> containers.add(new ObjectYaml((Map<?, ?>) each)));
        }
      }
    }
    assertThat(containers).isNotEmpty();
    return containers;
  }

  private static String program(ObjectYaml container) {
    return String.valueOf(container.at("image")).replaceAll("^.*/|:.*$", "");
  }

  /** Without the group. */
  private static String user(String program) {
    return instruction(program, "USER").replaceAll(":.*", "");
  }

  private static String instruction(String program, String name) {
    String dockerfile;
    try {
      dockerfile = Files.readString(Chart.file("images/" + program + "/Dockerfile"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Matcher line = Pattern.compile("(?m)^" + name + " (.*)$").matcher(dockerfile);
    assertThat(line.find()).as(name + " of " + program).isTrue();
    return line.group(1);
  }
}
