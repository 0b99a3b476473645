package io.podidentity.architecture;

/** What {@link PlantedLeaks} shows: nobody outside can name it. */
class PlantedHidden {
  public Other inherited() {
    throw new UnsupportedOperationException();
  }

  interface Other {}

  static class Failure extends Exception {
    private static final long serialVersionUID = 1L;
  }
}
