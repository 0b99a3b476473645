package io.podidentity.api.model;

/** What Azure is asked about a virtual machine or scale set. */
public enum TargetCall {
  /** Which identities it has. */
  READ,
  /** To add and remove identities; with the wait until that is done. */
  CHANGE
}
