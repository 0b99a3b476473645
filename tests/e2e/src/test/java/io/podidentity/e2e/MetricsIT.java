package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.NetworkNamespace;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What operators see of the programs as they run, on v1's ports. */
@EndToEnd
final class MetricsIT {

  private static final int NMI_METRICS = 9090;
  private static final int NMI_PROBES = 8085;
  private static final int MIC_PROBES = 8080;
  private static final int MIC_METRICS = 8888;

  @Test
  void scrapeOfNmiShowsWhatPodsAsked(EndToEndCluster cluster, Scene scene) {
    TestNode node = cluster.firstInstance();
    TestPod pod = scene.boundPod("orders", node, scene.identity("orders"));
    Scrape before = Scrape.of(node.network().namespace(), NMI_METRICS);

    TokenAnswer.of(pod.askForToken());
    TokenAnswer.of(pod.askForToken());
    assertThat(pod.curl(TestPod.TOKEN_URL).status()).isEqualTo(400);

    Scrape after = Scrape.of(node.network().namespace(), NMI_METRICS);
    assertThat(after.value(tokens(scene.namespace()))).isEqualTo(2);
    assertThat(
            grown(before, after, "podidentity_refusals_total{cause=\"metadata-header-missing\"}"))
        .isEqualTo(1);
    assertThat(grown(before, after, "podidentity_token_cache_events_total{event=\"hit\"}"))
        .isGreaterThanOrEqualTo(1);
    assertThat(
            after.value(
                "aadpodidentity_imds_operations_duration_seconds_count"
                    + "{operation_type=\"adal_token_msi_userassignedid\"}"))
        .isPositive();
    assertThat(after.samples())
        .containsEntry("podidentity_rules_in_place", 1.0)
        .containsEntry("podidentity_informer_synced{resource=\"pods\"}", 1.0)
        .containsEntry("podidentity_informer_synced{resource=\"azureassignedidentities\"}", 1.0);
    assertThat(after.value("process_resident_memory_bytes")).isBetween(20e6, 500e6);
  }

  @Test
  void scrapeOfMicShowsWhatItDid(EndToEndCluster cluster, Scene scene) {
    scene.boundPod("orders", cluster.firstInstance(), scene.identity("orders"));

    Scrape mic = Scrape.of(cluster.network().control(), MIC_METRICS);

    assertThat(mic.samples())
        .containsEntry("aadpodidentity_mic_new_leader_election_count", 1.0)
        .containsEntry("podidentity_cluster_synced", 1.0);
    for (String series :
        List.of(
            "aadpodidentity_assigned_identity_addition_count",
            "aadpodidentity_mic_cycle_count",
            "aadpodidentity_cloud_provider_operations_duration_seconds_count"
                + "{operation_type=\"vmss_get\"}",
            "aadpodidentity_cloud_provider_operations_duration_seconds_count"
                + "{operation_type=\"vmss_update\"}",
            "podidentity_assignment_changes_total{change=\"assign\",result=\"ok\"}")) {
      assertThat(mic.value(series)).as(series).isPositive();
    }
  }

  @Test
  void probesAreHonestAndThereIsNoProfiler(EndToEndCluster cluster) {
    NetworkNamespace node = cluster.firstInstance().network().namespace();

    assertThat(get(node, NMI_PROBES, "/healthz")).isEqualTo("200 Active");
    assertThat(get(node, NMI_PROBES, "/readyz")).isEqualTo("200 ready");
    NetworkNamespace control = cluster.network().control();
    assertThat(get(control, MIC_PROBES, "/healthz")).isEqualTo("200 Active");
    assertThat(get(control, MIC_PROBES, "/readyz")).isEqualTo("200 ready");

    assertThat(get(node, NMI_PROBES, "/debug/pprof/")).startsWith("404");
    assertThat(get(control, MIC_PROBES, "/debug/pprof/")).startsWith("404");
    assertThat(get(node, NMI_METRICS, "/debug/pprof/")).startsWith("404");
    assertThat(get(control, MIC_METRICS, "/debug/pprof/")).startsWith("404");
  }

  private static String tokens(String namespace) {
    return "aadpodidentity_nmi_operations_duration_seconds_count{namespace=\"%s\",operation_type=\"/metadata/identity/oauth2/token\",resource=\"https://management.azure.com/\",status_code=\"200\"}"
        .formatted(namespace);
  }

  private static double grown(Scrape before, Scrape after, String series) {
    return after.value(series) - before.value(series);
  }

  private static String get(NetworkNamespace network, int port, String path) {
    var answer = Curl.in(network).request("http://127.0.0.1:" + port + path);
    return answer.status() + " " + answer.body();
  }
}
