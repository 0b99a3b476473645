package io.podidentity.k8s.crd;

/** The names that the four kinds share. */
public final class Api {
  /** The group of the four kinds. */
  public static final String GROUP = "aadpodidentity.k8s.io";

  /** Their only version. */
  public static final String VERSION = "v1";

  /** What {@code apiVersion} says in each object. */
  public static final String API_VERSION = GROUP + "/" + VERSION;

  private Api() {}
}
