package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.Telemetry;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ReportsTest {
  @Test
  void everyMethodOfThePortIsCalled() {
    Set<String> called = new TreeSet<>();
    Telemetry recording =
        (Telemetry)
            Proxy.newProxyInstance(
                Telemetry.class.getClassLoader(),
                new Class<?>[] {Telemetry.class},
                (proxy, method, arguments) -> {
                  called.add(method.getName());
                  return null;
                });

    Reports.of("", Duration.ZERO, new PodIdentityException(ErrorReason.TARGET_NOT_FOUND, "gone"))
        .forEach(report -> report.accept(recording));

    assertThat(called)
        .isEqualTo(
            Arrays.stream(Telemetry.class.getDeclaredMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> !method.isSynthetic())
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new)));
  }
}
