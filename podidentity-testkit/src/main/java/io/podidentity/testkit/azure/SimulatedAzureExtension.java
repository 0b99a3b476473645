package io.podidentity.testkit.azure;

import static java.util.Objects.requireNonNull;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test a {@link SimulatedAzure} of its own as a parameter, started when it is first asked
 * for and closed after the test. With {@code @ExtendWith} it starts with the defaults; with
 * {@code @RegisterExtension} with what it is told. One that the constructor asks for is the whole
 * class's.
 */
public final class SimulatedAzureExtension implements ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(SimulatedAzureExtension.class);

  private final SimulatedAzureOptions options;

  /** With the defaults. */
  public SimulatedAzureExtension() {
    this(SimulatedAzureOptions.defaults());
  }

  /** With other options. */
  public SimulatedAzureExtension(SimulatedAzureOptions options) {
    this.options = requireNonNull(options, "options");
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == SimulatedAzure.class;
  }

  /** The store closes what it holds when its test, or its class, has ended. */
  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            SimulatedAzure.class, key -> SimulatedAzure.start(options), SimulatedAzure.class);
  }
}
