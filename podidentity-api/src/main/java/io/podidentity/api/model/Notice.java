package io.podidentity.api.model;

import java.util.Comparator;
import java.util.Objects;

/**
 * Something about an object of the cluster that its owner should know. It keeps nothing from being
 * done.
 *
 * @param kind the object's kind, as Kubernetes calls it
 * @param object its namespace and name
 * @param uid its UID; may be empty
 * @param text what is to be known, for people
 */
public record Notice(Kind kind, NamespacedName object, String uid, String text) {
  /** By kind, namespace and name. */
  public static final Comparator<Notice> ORDER =
      Comparator.comparing(Notice::kind).thenComparing(Notice::object);

  /** Refuses null. */
  public Notice {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(object, "object");
    Objects.requireNonNull(uid, "uid");
    Objects.requireNonNull(text, "text");
  }

  /** Of what kind the object is. */
  public enum Kind {
    /** A pod. */
    POD("v1", "Pod"),
    /** An identity. */
    AZURE_IDENTITY("aadpodidentity.k8s.io/v1", "AzureIdentity");

    private final String apiVersion;
    private final String kindName;

    Kind(String apiVersion, String kindName) {
      this.apiVersion = apiVersion;
      this.kindName = kindName;
    }

    /** For example {@code v1}. */
    public String apiVersion() {
      return apiVersion;
    }

    /** For example {@code Pod}. */
    public String kindName() {
      return kindName;
    }
  }
}
