package io.podidentity.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.podidentity.api.token.TokenBroker;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program of named modules compiles against this one, is linked into an image, and runs there.
 */
final class ModulePathTest {
  private static final String DESCRIPTOR = "module consumer { requires io.podidentity.api; }";

  private static final String PROGRAM =
      """
      package consumer;

      import io.podidentity.api.model.AccessToken;
      import io.podidentity.api.model.TokenService;
      import io.podidentity.api.spi.*;
      import io.podidentity.api.token.*;
      import java.time.Clock;
      import java.util.List;
      import java.util.Map;

      public class Main {
        public static void main(String[] args) {
          Clock clock = Clock.systemUTC();
          Timer timer = (delay, task) -> () -> {};
          TokenSource source = query -> List.<AccessToken>of();
          FetchQueue queue =
              new FetchQueue(source, Runnable::run, timer, clock,
                  Map.of(TokenService.IMDS, FetchLimits.IMDS, TokenService.ENTRA, FetchLimits.ENTRA),
                  Telemetry.NOOP);
          new CachingTokenSource(queue, clock, timer, CacheBounds.of(1), Telemetry.NOOP);
          System.out.print(TokenBroker.class.getModule());
        }
      }
      """;

  @TempDir private Path folder;

  @Test
  void programOfNamedModulesIsLinkedWithThisOneAndRuns() throws Exception {
    Files.createDirectories(folder.resolve("source/consumer"));
    Files.writeString(folder.resolve("source/module-info.java"), DESCRIPTOR);
    Files.writeString(folder.resolve("source/consumer/Main.java"), PROGRAM);
    String libraries = modules(TokenBroker.class, Caffeine.class);
    run(
        "javac",
        "--module-path",
        libraries + File.pathSeparator + modules(Nullable.class),
        "-d",
        folder.resolve("classes").toString(),
        folder.resolve("source/module-info.java").toString(),
        folder.resolve("source/consumer/Main.java").toString());
    run(
        "jlink",
        "--module-path",
        // JSpecify's annotations are for compilers: nothing needs them at run time.
        libraries + File.pathSeparator + folder.resolve("classes"),
        "--add-modules",
        "consumer",
        "--output",
        folder.resolve("image").toString());

    Process program =
        new ProcessBuilder(
                folder.resolve("image/bin/java").toString(), "-m", "consumer/consumer.Main")
            .redirectErrorStream(true)
            .start();
    String said = new String(program.getInputStream().readAllBytes(), UTF_8);

    assertThat(program.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(said).isEqualTo("module io.podidentity.api");
  }

  private static String modules(Class<?>... from) {
    return Stream.of(from)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static void run(String tool, String... arguments) {
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    int code = ToolProvider.findFirst(tool).orElseThrow().run(out, out, arguments);
    assertThat(code).as("%s: %s", tool, said).isZero();
  }
}
