package io.podidentity.architecture;

import java.util.List;

/** Shows in each way what {@link HiddenTypes} looks for, for its test. */
@SuppressWarnings("all")
public abstract class PlantedLeaks<P extends PlantedHidden> extends PlantedHidden
    implements Comparable<PlantedHidden.Other> {
  public PlantedHidden field;

  protected PlantedLeaks(PlantedHidden[] parameter) {}

  public List<? extends PlantedHidden> result() {
    return List.of();
  }

  public <T extends PlantedHidden> void typeParameter(T given) {}

  protected void thrown() throws Failure {}

  /** Nobody outside sees these. */
  PlantedHidden closed(PlantedHidden parameter) {
    return parameter;
  }

  private PlantedHidden own;
}
