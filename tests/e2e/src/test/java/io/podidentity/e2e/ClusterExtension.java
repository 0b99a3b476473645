package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.parts.RealPart;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Starts the cluster when the first test asks for it and ends it after the last one. After each
 * test it looks whether a pod reached the metadata service past NMI, and whether a program was
 * denied anything by its role; and it shows the programs' logs if the test failed.
 */
final class ClusterExtension implements ParameterResolver, AfterEachCallback, TestWatcher {

  private static final Namespace OURS = Namespace.create(ClusterExtension.class);
  private static final AtomicInteger SCENES = new AtomicInteger();

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == EndToEndCluster.class || type == Scene.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    if (parameter.getParameter().getType() == EndToEndCluster.class) {
      return cluster(context);
    }
    // JUnit closes it when the test is over.
    return context
        .getStore(OURS)
        .getOrComputeIfAbsent(
            Scene.class,
            type -> new Scene(cluster(context), "t" + SCENES.incrementAndGet()),
            Scene.class);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    EndToEndCluster cluster = root(context).get(EndToEndCluster.class, EndToEndCluster.class);
    if (cluster != null) {
      List<ImdsRequest> requests = cluster.guard().newRequests();
      assertThat(requests)
          .as("requests at the metadata service that came from a pod, past NMI")
          .noneMatch(cluster.guard()::isFromAProtectedPod);
      List<String> expected = mayBeDenied(context);
      assertThat(cluster.denied().newOnes())
          .as("what MIC and NMI asked for, and their roles do not permit")
          .allMatch(request -> expected.stream().anyMatch(request::matches));
    }
  }

  private static List<String> mayBeDenied(ExtensionContext context) {
    return Stream.of(context.getRequiredTestMethod(), context.getRequiredTestClass())
        .map(element -> element.getAnnotation(MayBeDenied.class))
        .filter(Objects::nonNull)
        .flatMap(annotation -> Stream.of(annotation.value()))
        .toList();
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    EndToEndCluster cluster = root(context).get(EndToEndCluster.class, EndToEndCluster.class);
    if (cluster != null) {
      System.err.println(
          "Logs at the failure of " + context.getDisplayName() + "\n" + cluster.logs());
    }
  }

  private static EndToEndCluster cluster(ExtensionContext context) {
    if (PodImage.inUse()) {
      RealPart.IMAGES.require();
    }
    return root(context)
        .getOrComputeIfAbsent(
            EndToEndCluster.class, type -> EndToEndCluster.start(), EndToEndCluster.class);
  }

  private static Store root(ExtensionContext context) {
    return context.getRoot().getStore(OURS);
  }
}
