package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.CommandResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be is refused before anything is changed, by a sentence. */
@RequiresRealPart(RealPart.HELM)
final class RefusedValuesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          image.repository=                                          | image.repository is not set. No images are published
          image.repository=mcr.microsoft.com/oss/azure/aad-pod-identity | holds the images of AAD Pod Identity v1, which this chart cannot run
          image.repository=mcr.microsoft.com/k8s/aad-pod-identity    | use --reset-then-reuse-values
          mic.tag=v1.8.17                                            | mic.tag v1.8.17 is a version of AAD Pod Identity v1
          nmi.tag=1.5.5                                              | nmi.tag 1.5.5 is a version of AAD Pod Identity v1
          nmi.tag=1.5.3-rc3                                          | nmi.tag 1.5.3-rc3 is a version of AAD Pod Identity v1
          nmi.tag=v1.6.3 image.repository=registry.example/mirror    | nmi.tag v1.6.3 is a version of AAD Pod Identity v1
          rbac.pspEnabled=true                                       | rbac.pspEnabled cannot be true
          rbac.allowAccessToSecrets=false rbac.secretsNamespaces[0]=shop | but rbac.allowAccessToSecrets is false
          adminsecret.cloud=AzurePublicCloud                         | adminsecret.subscriptionID is not set
          adminsecret.cloud=AzurePublicCloud adminSecretName=there   | adminsecret and adminSecretName cannot both be set
          mic.leaderElection.instance=me                             | mic.leaderElection.instance gives all replicas of MIC one name
          nmi.cloud=AzureStackCloud                                  | set mic.customCloud.enabled
          mic.probePort=8888                                         | mic.probePort and mic.prometheusPort are the same port
          nmi.prometheusPort=8085                                    | nmi.probePort and nmi.prometheusPort are the same port
          metrics.podMonitor.enabled=true nmi.updateStrategy.rollingUpdate.maxSurge=1 | leave one of them out
          mic.extraEnv[0].name=FORCENAMESPACED mic.extraEnv[0].value=false | mic.extraEnv must not set FORCENAMESPACED
          validation.action=Refuse                                   | validation
          forceNamespaced=yes                                        | forceNamespaced
          forceNameSpaced=true                                       | forceNameSpaced
          rbac.allowAccesToSecrets=false                             | allowAccesToSecrets
          operationMode=manged                                       | operationMode
          mic.detachDelay=120                                        | detachDelay
          nmi.redirectTarget=10.0.0.1                                | redirectTarget
          azureIdentities.a.type=3 azureIdentities.a.clientID=c azureIdentities.a.binding.selector=s | type
          azureIdentities.a.type=0 azureIdentities.a.clientID=c azureIdentities.a.binding.selector=s | azureIdentities.a.resourceID is not set
          azureIdentities.a.type=1 azureIdentities.a.clientID=c azureIdentities.a.binding.selector=s | azureIdentities.a.tenantID is not set
          azureIdentities.a.type=1 azureIdentities.a.clientID=c azureIdentities.a.tenantID=t azureIdentities.a.clientPassword=secret azureIdentities.a.binding.selector=s | azureIdentities.a.clientPassword must have name and namespace
          """)
  void withASentence(String values, String sentence) {
    CommandResult result = attempt(values);

    assertThat(result.exitCode()).as(result.stdout()).isNotZero();
    assertThat(result.stderr()).contains(sentence);
  }

  @Test
  void orWhereTheClusterCannotDoIt() {
    CommandResult result =
        Chart.attempt("--set", "validation.enabled=true", "--kube-version", "1.29.9");

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.stderr()).contains("validation.enabled needs Kubernetes 1.30 or newer");
  }

  /** The same things as they may be. */
  @ParameterizedTest
  @CsvSource({
    "image.repository=registry.example/aad-pod-identity",
    "mic.tag=v1.9.0",
    "nmi.tag=1.80.0",
    // v1 had 1.2, 1.6.0 and v1.8.0.
    "mic.tag=1.0.0",
    "mic.tag=v1.2",
    "nmi.tag=v1.6.0",
    "nmi.tag=1.8.0",
    "mic.image=my-mic mic.tag=v1.8.17",
    "rbac.pspEnabled=false",
    "mic.leaderElection.instance=me mic.replicas=1",
    "nmi.updateStrategy.rollingUpdate.maxSurge=1",
    "forceNamespaced=true",
    "nmi.updateStrategy=null",
    "mic.probePort=null",
    "global.anything=1",
  })
  void butNotWhatIsPossible(String values) {
    CommandResult result = attempt(values);

    assertThat(result.exitCode()).as(result.stderr()).isZero();
  }

  private static CommandResult attempt(String values) {
    List<String> options = new ArrayList<>();
    for (String value : values.strip().split(" +", -1)) {
      if (!value.isEmpty()) {
        options.addAll(List.of("--set", value));
      }
    }
    return Chart.attempt(options.toArray(String[]::new));
  }
}
