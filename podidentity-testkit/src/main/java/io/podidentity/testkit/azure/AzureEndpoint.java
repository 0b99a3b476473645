package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.Faults;
import io.podidentity.testkit.http.RequestLog;
import io.podidentity.testkit.http.SimulatorServer;
import java.net.URI;

/** What the simulated services of Azure have in common: a server that records and misbehaves. */
abstract class AzureEndpoint implements AutoCloseable {
  /** The server, from the end of the constructor on. */
  abstract SimulatorServer server();

  /** Where it listens, without a path. */
  public URI uri() {
    return server().uri();
  }

  /** What it was asked, with bodies. */
  public RequestLog requests() {
    return server().requests();
  }

  /** How it is made to misbehave before a request reaches what it serves. */
  public Faults faults() {
    return server().faults();
  }

  @Override
  public void close() {
    server().close();
  }

  @Override
  public String toString() {
    return server().toString();
  }
}
