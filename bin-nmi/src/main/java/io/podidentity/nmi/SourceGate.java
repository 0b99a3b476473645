package io.podidentity.nmi;

import java.net.InetAddress;

/**
 * Says whose requests may be those of the pod that has their source address. Asked on each request,
 * on its own thread; must be quick. Thread-safe.
 */
public interface SourceGate {
  /** The address alone counts. */
  SourceGate OPEN =
      new SourceGate() {
        @Override
        public boolean admits(InetAddress source) {
          return true;
        }

        @Override
        public boolean isReady() {
          return true;
        }
      };

  /**
   * Whether a request that has come from the address may be answered.
   *
   * @param source not the node's own 127.0.0.1
   */
  boolean admits(InetAddress source);

  /** Whether it knows what it has to know. */
  boolean isReady();
}
