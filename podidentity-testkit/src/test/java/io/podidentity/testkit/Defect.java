package io.podidentity.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.podidentity.testkit.contract.Waits;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * A defect that is planted in a double: one method of its port does something else. A contract's
 * test lets its double through {@link #in}, and {@link #failures} runs that contract.
 *
 * @param name what is wrong
 * @param method the port's method, which takes as many parameters as given
 * @param parameters how many
 * @param behaviour what it does instead
 */
record Defect(String name, String method, int parameters, Behaviour behaviour) {
  /** For as long as a contract runs. */
  private static final AtomicReference<Defect> PLANTED = new AtomicReference<>();

  /** What a method does instead. */
  @FunctionalInterface
  interface Behaviour {
    Object of(Call call) throws Throwable;
  }

  /** A call of the method, on the double without the defect. */
  record Call(Object real, Method method, List<Object> arguments) {
    /** What the double would do. */
    Object proceed() throws Throwable {
      return proceedWith(arguments.toArray());
    }

    /** What the double would do if it were asked for that. */
    Object proceedWith(Object... others) throws Throwable {
      try {
        return method.invoke(real, others);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }

    /** What the double would do, as what it gives. */
    // The port says what it is.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    <T> T result() throws Throwable {
      return (T) proceed();
    }

    // The port says what it is.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    <T> T argument(int index) {
      return (T) arguments.get(index);
    }
  }

  /** The port of a double, with the planted defect. */
  static <T> T in(Class<T> port, T real) {
    InvocationHandler handler = (proxy, method, arguments) -> call(proxy, real, method, arguments);
    return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, handler));
  }

  private static Object call(Object proxy, Object real, Method method, Object[] arguments)
      throws Throwable {
    Object[] given = arguments == null ? new Object[0] : arguments;
    Call call = new Call(real, method, List.of(given));
    Defect planted = PLANTED.get();
    if (planted != null
        && method.getName().equals(planted.method)
        && given.length == planted.parameters) {
      return planted.behaviour.of(call);
    }
    // So that what a short form stands for has the defect too.
    return method.isDefault()
        ? InvocationHandler.invokeDefault(proxy, method, given)
        : call.proceed();
  }

  /** The tests of a contract that fail with this defect, by their names. */
  Set<String> failures(Class<?> contract) {
    Set<String> failed = new TreeSet<>();
    TestExecutionListener listener =
        new TestExecutionListener() {
          @Override
          public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (test.isTest() && result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
              test.getSource()
                  .filter(MethodSource.class::isInstance)
                  .map(source -> ((MethodSource) source).getMethodName())
                  .ifPresent(failed::add);
            }
          }
        };
    PLANTED.set(this);
    Waits.noLongerThan(Duration.ofMillis(50));
    try {
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request().selectors(selectClass(contract)).build(),
              listener);
    } finally {
      Waits.asEver();
      PLANTED.set(null);
    }
    return failed;
  }

  /** The names of a contract's tests. */
  static Set<String> clauses(Class<?> contract) {
    Set<String> names = new TreeSet<>();
    Arrays.stream(contract.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(Test.class))
        .forEach(method -> names.add(method.getName()));
    return names;
  }

  @Override
  public String toString() {
    return name;
  }
}
