package io.podidentity.example.exemptions;

/**
 * Where it is written down whether the exemptions of a namespace counted when they were asked for.
 * It knows no pod: who was given the node's identity is in {@link
 * io.podidentity.api.token.TokenGrant}. Called on requests' threads.
 */
@FunctionalInterface
public interface AuditTrail {
  /**
   * Some pod of a namespace that has exemptions asked for a token. Whether it is one of the exempt
   * ones is found out afterwards.
   */
  void exemptionsAsked(String namespace, boolean allowed);
}
