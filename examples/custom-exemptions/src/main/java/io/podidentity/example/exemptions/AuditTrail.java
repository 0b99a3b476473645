package io.podidentity.example.exemptions;

/** Where it is written down who came by the node's identity. Called on requests' threads. */
@FunctionalInterface
public interface AuditTrail {
  /**
   * Some pod of a namespace that has exemptions asked for a token. Whether it is one of the exempt
   * ones is found out afterwards.
   */
  void exemptionsAsked(String namespace, boolean allowed);
}
