package io.podidentity.nmi;

/** Whether a pod's address is taken from that pod's interface alone. */
public enum SourcePinning {
  /** Where the interface can be told; elsewhere the address alone counts. */
  AUTO,
  /** No: the address alone counts. */
  OFF,
  /** Where the interface cannot be told, nothing is taken. */
  ENFORCE
}
