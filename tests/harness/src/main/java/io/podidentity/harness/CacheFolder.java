package io.podidentity.harness;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where the project's build scripts keep what takes long to make: {@code
 * ${XDG_CACHE_HOME:-$HOME/.cache}/podidentity}.
 */
public final class CacheFolder {

  private CacheFolder() {}

  /**
   * The folder, which may not exist.
   *
   * @param environment the process's variables
   */
  public static Path of(Map<String, String> environment) {
    String cacheHome = environment.get("XDG_CACHE_HOME");
    Path cache =
        cacheHome == null || cacheHome.isBlank()
            ? Path.of(environment.getOrDefault("HOME", "/"), ".cache")
            : Path.of(cacheHome);
    return cache.resolve("podidentity");
  }
}
