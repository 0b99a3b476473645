package io.podidentity.api.model;

/** The states of an {@code AzureAssignedIdentity}, as {@code status.status} spells them. */
public enum AssignmentState {
  /** Recorded, and not yet known to be assigned in Azure. */
  CREATED("Created"),
  /** Assigned in Azure: tokens may be asked for. */
  ASSIGNED("Assigned"),
  /** On its way out. */
  UNASSIGNED("Unassigned");

  private final String text;

  AssignmentState(String text) {
    this.text = text;
  }

  /** The text in {@code status.status}. */
  public String text() {
    return text;
  }

  /**
   * Reads {@code status.status}. An empty one means assigned: very old versions of AAD Pod Identity
   * wrote none. One that is not known counts as {@link #CREATED}, from which no token is given.
   */
  public static AssignmentState parse(String text) {
    if (text.isEmpty()) {
      return ASSIGNED;
    }
    for (AssignmentState state : values()) {
      if (state.text.equals(text)) {
        return state;
      }
    }
    return CREATED;
  }
}
