package io.podidentity.api.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.podidentity.api.spi.Telemetry;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GuardedTelemetryTest {
  private final List<Method> called = new ArrayList<>();
  private final List<Throwable> told = new ArrayList<>();

  static Stream<Method> reports() {
    return Arrays.stream(Telemetry.class.getDeclaredMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic());
  }

  @ParameterizedTest
  @MethodSource("reports")
  void reportIsPassedOnAndItsFailureIsNot(Method report) throws InterruptedException {
    for (Throwable failure :
        List.of(new IllegalStateException("a name that is taken"), new NoSuchMethodError("old"))) {
      Telemetry guarded = GuardedTelemetry.of(failing(failure));

      onAThread(() -> call(guarded, report));

      assertThat(told).hasSize(1);
      assertThat(told.get(0)).hasMessageContaining("telemetry").hasCause(failure);
      assertThat(called).containsExactly(report);
      told.clear();
      called.clear();
    }
  }

  @Test
  void onlyTheFirstFailureIsToldAndAllReportsAreMade() throws InterruptedException {
    Telemetry guarded = GuardedTelemetry.of(failing(new IllegalStateException("for the test")));

    onAThread(() -> reports().forEach(report -> call(guarded, report)));

    assertThat(told).hasSize(1);
    assertThat(called).containsExactlyInAnyOrderElementsOf(reports().toList());
  }

  @Test
  void handlerThatFailsHarmsNobody() throws InterruptedException {
    Telemetry guarded = GuardedTelemetry.of(failing(new IllegalStateException("for the test")));
    Thread thread =
        new Thread(
            () -> {
              guarded.tokenCacheFilled(0, 0);
              told.add(new Throwable("went on"));
            });
    thread.setUncaughtExceptionHandler(
        (which, error) -> {
          throw new IllegalArgumentException("for the test");
        });

    thread.start();
    thread.join();

    assertThat(told).hasSize(1);
  }

  @Test
  void whatCannotFailIsNotGuarded() {
    Telemetry guarded = GuardedTelemetry.of(failing(new IllegalStateException("for the test")));

    assertThat(GuardedTelemetry.of(guarded)).isSameAs(guarded);
    assertThat(GuardedTelemetry.of(Telemetry.NOOP)).isSameAs(Telemetry.NOOP);
  }

  private Telemetry failing(Throwable failure) {
    return (Telemetry)
        Proxy.newProxyInstance(
            Telemetry.class.getClassLoader(),
            new Class<?>[] {Telemetry.class},
            (proxy, method, arguments) -> {
              called.add(method);
              throw failure;
            });
  }

  /** What ends a thread goes to the same handler, and would not have our message. */
  private void onAThread(Runnable reports) throws InterruptedException {
    Thread thread = new Thread(reports);
    thread.setUncaughtExceptionHandler((which, error) -> told.add(error));
    thread.start();
    thread.join();
  }

  private static void call(Telemetry telemetry, Method report) {
    assertThatCode(() -> report.invoke(telemetry, arguments(report))).doesNotThrowAnyException();
  }

  /** Null for all but numbers: nobody looks at them. */
  private static Object[] arguments(Method report) {
    Class<?>[] types = report.getParameterTypes();
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      if (types[i] == int.class) {
        arguments[i] = 0;
      } else if (types[i] == long.class) {
        arguments[i] = 0L;
      }
    }
    return arguments;
  }
}
