package io.podidentity.nmi;

import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of each request that NMI answers itself: a line in the access log, and the metrics.
 * Thread-safe.
 */
record Journal(AccessLog accessLog, NmiMetrics metrics) {

  /**
   * A request was answered.
   *
   * @param cause why it was refused; null if it was not
   * @param detail what else there is to know; see {@link AccessLog.Line}
   */
  void answered(
      HttpServerExchange exchange,
      Answer answer,
      Duration took,
      @Nullable RefusalCause cause,
      Object detail) {
    accessLog.add(AccessLog.Line.of(exchange, answer.status(), took, detail));
    if (cause != null) {
      metrics.refused(cause);
    }
  }

  /**
   * It was a token request; besides {@link #answered}.
   *
   * @param namespace the pod's; empty if it is not known
   * @param resource empty if it is not known
   */
  void tokenRequest(
      HttpServerExchange exchange,
      Answer answer,
      Duration took,
      String namespace,
      String resource) {
    metrics.answered(exchange.getRequestURI(), namespace, resource, answer.status(), took);
  }
}
