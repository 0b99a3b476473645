package io.podidentity.harness.kube;

import io.podidentity.harness.HarnessException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A Kubernetes API that a test may fill and break: {@link KubeApiServer}, or a whole cluster in a
 * container on machines that have an engine.
 */
public interface KubernetesApi extends AutoCloseable {

  /** A kubeconfig file, complete in itself, of a user who may do everything. */
  Path adminKubeconfig();

  /**
   * A kubeconfig file, complete in itself, of a service account, with a token that the API server
   * issued for it. The account must exist.
   */
  Path kubeconfigFor(String namespace, String serviceAccount);

  /**
   * Runs kubectl as the user who may do everything, and gives its standard output.
   *
   * @throws io.podidentity.harness.process.CommandFailedException with its standard error, if its
   *     exit code is not 0
   */
  String kubectl(String... arguments);

  /** As {@link #kubectl(String...)} with a text on its standard input, for {@code -f -}. */
  String kubectlWithInput(String input, String... arguments);

  /**
   * Makes a namespace that pods can be created in: with its service account {@code default}. No
   * effect if it exists.
   */
  void createNamespace(String name);

  /**
   * Applies objects, and waits until those custom resources that they define can be listed.
   *
   * @param yaml one or more documents
   */
  default void apply(String yaml) {
    Manifests.apply(this, yaml);
  }

  /**
   * As {@link #apply(String)}.
   *
   * @param file holds one or more documents
   */
  default void apply(Path file) {
    try {
      apply(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  /**
   * Ends it and deletes its data.
   *
   * @throws HarnessException if it cannot be ended
   */
  @Override
  void close();
}
