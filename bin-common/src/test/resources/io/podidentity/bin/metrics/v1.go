// Prints what AAD Pod Identity v1.8.17 exposes at /metrics: v1.8.17.txt, but for this first line.
// To run it, copy it to cmd/dump/main.go of https://github.com/Azure/aad-pod-identity, tag v1.8.17,
// and "go run ./cmd/dump". Each metric gets one event, of 0.25 s where it has a duration.
package main

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/Azure/aad-pod-identity/pkg/metrics"
	"go.opencensus.io/stats/view"
)

func main() {
	view.SetReportingPeriod(10 * time.Millisecond)
	if err := metrics.RegisterAndExport("19090"); err != nil {
		panic(err)
	}
	r, err := metrics.NewReporter()
	if err != nil {
		panic(err)
	}
	const took = 250 * time.Millisecond
	r.Report(
		metrics.AssignedIdentityAdditionCountM.M(1),
		metrics.AssignedIdentityAdditionDurationM.M(took.Seconds()),
		metrics.AssignedIdentityDeletionCountM.M(1),
		metrics.AssignedIdentityDeletionDurationM.M(took.Seconds()),
		metrics.AssignedIdentityUpdateCountM.M(1),
		metrics.AssignedIdentityUpdateDurationM.M(took.Seconds()),
		metrics.MICCycleCountM.M(1),
		metrics.MICCycleDurationM.M(took.Seconds()),
		metrics.MICNewLeaderElectionCountM.M(1))
	r.ReportOperationAndStatus("/metadata/identity/oauth2/token", "200", "default",
		"https://management.azure.com/", metrics.NMIOperationsDurationM.M(took.Seconds()))
	for _, operation := range []string{
		metrics.GetVMOperationName, metrics.UpdateVMOperationName,
		metrics.GetVmssOperationName, metrics.UpdateVMSSOperationName} {
		r.ReportCloudProviderOperationError(operation)
		r.ReportCloudProviderOperationDuration(operation, took)
	}
	for _, operation := range []string{
		metrics.AssignedIdentityAdditionOperationName, metrics.AssignedIdentityDeletionOperationName,
		metrics.AssignedIdentityUpdateOperationName,
		metrics.UpdateAzureAssignedIdentityStatusOperationName,
		metrics.GetPodListOperationName, metrics.GetSecretOperationName} {
		r.ReportKubernetesAPIOperationError(operation)
	}
	for _, operation := range []string{
		metrics.AdalTokenFromMSIOperationName,
		metrics.AdalTokenFromMSIWithUserAssignedIDOperationName, metrics.AdalTokenOperationName} {
		r.ReportIMDSOperationError(operation)
		r.ReportIMDSOperationDuration(operation, took)
	}
	time.Sleep(500 * time.Millisecond)
	response, err := http.Get("http://127.0.0.1:19090/metrics")
	if err != nil {
		panic(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s", text)
}
