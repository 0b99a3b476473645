import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.podidentity.azure.imds.ImdsTokenSource;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;

/** Starts what breaks first when versions do not fit: fabric8's Jackson, and Azure's client. */
public final class Adapters {
  public static void main(String[] args) {
    KubernetesSerialization json = new KubernetesSerialization();
    String pod =
        json.asJson(new PodBuilder().withNewMetadata().withName("app").endMetadata().build());
    var read = json.unmarshal(pod, io.fabric8.kubernetes.api.model.Pod.class);
    new ImdsTokenSource(
        URI.create("http://127.0.0.1:9"), Duration.ofSeconds(1), "consumer", Clock.systemUTC());
    System.out.println(read.getMetadata().getName());
  }
}
