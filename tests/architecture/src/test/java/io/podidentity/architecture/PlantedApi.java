package io.podidentity.architecture;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of each that {@link PublicApi} tells apart, for its test. */
public abstract class PlantedApi implements Runnable {
  public final @Nullable String name;

  public PlantedApi(List<Kind> kinds, @Nullable String name) {
    this.name = kinds.isEmpty() ? null : name;
  }

  PlantedApi() {
    this(List.of(), null);
  }

  protected abstract void work();

  void hidden() {}

  /** Seen. */
  public enum Kind {
    ONE
  }

  /** Not seen. */
  interface Hidden {}
}
