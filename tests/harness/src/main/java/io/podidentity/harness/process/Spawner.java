package io.podidentity.harness.process;

import io.podidentity.harness.HarnessException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts long-running processes so that they die with this JVM even if it is killed without a
 * chance to tidy up: under {@code setpriv --pdeathsig} of util-linux, where that exists. {@code
 * setpriv} becomes the program, so the process ID is the program's own.
 */
final class Spawner {

  private static final List<String> DIE_WITH_PARENT = List.of("setpriv", "--pdeathsig", "KILL");

  private static final boolean SUPPORTED = supported();

  /**
   * The kernel sends the signal when the *thread* that made the process ends, so that must be a
   * thread that lives as long as the JVM.
   */
  private static final ExecutorService THREAD =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "harness-spawner");
            thread.setDaemon(true);
            return thread;
          });

  private Spawner() {}

  static Process spawn(ProcessBuilder builder) {
    List<String> words = List.copyOf(builder.command());
    if (SUPPORTED) {
      List<String> all = new ArrayList<>(DIE_WITH_PARENT);
      all.addAll(words);
      builder.command(all);
    }
    try {
      return THREAD.submit(builder::start).get();
    } catch (ExecutionException e) {
      throw new HarnessException("starting: " + String.join(" ", words), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessException("interrupted while starting: " + String.join(" ", words), e);
    }
  }

  private static boolean supported() {
    List<String> probe = new ArrayList<>(DIE_WITH_PARENT);
    probe.add("true");
    try {
      return new ProcessBuilder(probe).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
