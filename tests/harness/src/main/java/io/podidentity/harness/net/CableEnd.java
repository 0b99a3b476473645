package io.podidentity.harness.net;

/**
 * One end of a cable.
 *
 * @param namespace where it is plugged in
 * @param device its name there; at most 15 characters
 */
public record CableEnd(NetworkNamespace namespace, String device) {

  /** Refuses names that the kernel would refuse. */
  public CableEnd {
    if (device.isEmpty() || device.length() > 15) {
      throw new IllegalArgumentException("device must have 1 to 15 characters: " + device);
    }
  }
}
