package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.kube.HelmBinary;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manifests in {@code deploy} are what {@code deploy/render.sh} makes of the chart. */
@RequiresRealPart(RealPart.HELM)
final class ManifestsTest {

  @Test
  void areRenderedFromTheChart(@TempDir Path folder) {
    Command.of(Chart.file("deploy/render.sh").toString(), folder.toString())
        .withEnvironment("HELM", HelmBinary.find().program().toString())
        .output();

    for (String part : new String[] {"infra", "crds"}) {
      assertThat(files(Chart.file("deploy").resolve(part)))
          .as("deploy/%s; deploy/render.sh renders it anew", part)
          .isEqualTo(files(folder.resolve(part)));
    }
  }

  private static Map<String, String> files(Path folder) {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString(), Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + folder, e);
    }
    return files;
  }
}
