package io.podidentity.nmi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * What an NMI needs to do its work. Thread-safe.
 *
 * @param listening whether pods can connect
 * @param rules whether the node's packet rules are in place
 * @param pins whether pods' addresses are held to their interfaces, where they have to be
 * @param synced for each resource, whether it is known what there is of it
 */
record Readiness(
    BooleanSupplier listening,
    BooleanSupplier rules,
    BooleanSupplier pins,
    Map<String, BooleanSupplier> synced) {

  /** What is missing, each in one line; empty if it is ready. */
  List<String> missing() {
    List<String> missing = new ArrayList<>();
    if (!listening.getAsBoolean()) {
      missing.add("not listening for pods");
    }
    if (!rules.getAsBoolean()) {
      missing.add("the node's packet rules are not in place");
    }
    if (!pins.getAsBoolean()) {
      missing.add("pods' addresses cannot be held to their interfaces");
    }
    synced.forEach(
        (resource, known) -> {
          if (!known.getAsBoolean()) {
            missing.add("not known yet: " + resource);
          }
        });
    return missing;
  }

  /** Whether nothing is missing. */
  boolean isReady() {
    return missing().isEmpty();
  }
}
