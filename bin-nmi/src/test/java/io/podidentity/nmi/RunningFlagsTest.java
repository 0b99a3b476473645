package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RunningFlagsTest {
  private static final String NMI =
      "/opt/java/bin/java @/opt/nmi/conf/nmi.jvmargs -XX:AOTCache=/opt/nmi/nmi.aot"
          + " -jar /opt/nmi/nmi.jar";

  @TempDir private Path folder;

  @Test
  void areThoseBehindTheProgram() throws IOException {
    assertThat(of(NMI + " --node=n1 --operation-mode=managed -v 2"))
        .containsExactly("--node=n1", "--operation-mode=managed", "-v", "2");
    assertThat(of(NMI)).isEmpty();
  }

  /** On a node, in a pod whose containers share processes, and as a container's own program. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/sbin/init splash",
        "/pause",
        "java -jar",
        "java -jar /opt/mic/mic.jar --cloudconfig=x",
        "java -jar /opt/nmi/nmi.jar explain shop/web --client-id=c",
        "sh -c nmi.jar --node=n1",
      })
  void thereAreNoneOfAnotherProcess(String words) throws IOException {
    assertThat(of(words)).isEmpty();
  }

  @Test
  void thereAreNoneWhereThatCannotBeRead() {
    assertThat(RunningFlags.of(folder.resolve("none"))).isEmpty();
  }

  /** Of a process as the kernel shows it. */
  @Test
  void areReadAsTheKernelWritesThem() throws IOException, InterruptedException {
    Path program = Files.createFile(folder.resolve("nmi.jar"));
    // A shell that waits stands for the JVM: its words are what counts.
    Process process =
        new ProcessBuilder(
                "sh", "-c", "read line", "java", "-jar", program.toString(), "--node=n 1", "")
            .start();
    try {
      assertThat(RunningFlags.of(Path.of("/proc", Long.toString(process.pid()), "cmdline")))
          .containsExactly("--node=n 1", "");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private List<String> of(String words) throws IOException {
    Path file = folder.resolve("cmdline");
    return RunningFlags.of(Files.writeString(file, words.replace(' ', '\0') + "\0"));
  }
}
