package tests

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/apps"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	appsv "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	autoscalingv "k8s.io/kubernetes/pkg/apis/autoscaling/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	corev "k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/networking"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	networkingv "k8s.io/kubernetes/pkg/apis/networking/validation"
	"k8s.io/kubernetes/pkg/apis/policy"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	policyv "k8s.io/kubernetes/pkg/apis/policy/validation"
	security "k8s.io/pod-security-admission/api"
	standard "k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

// What the API server itself runs on a new object finds what no schema does: a port's name
// that is too long, a request above its limit, a selector that misses its own pods.
func TestTheAPIServerWouldTakeEveryObject(t *testing.T) {
	for name, v := range cases(t) {
		for _, d := range render(t, v) {
			if custom(d) {
				continue
			}
			for _, problem := range validate(t, d.text) {
				t.Errorf("%s: %s %s: %v", name, d.kind(), d.name(), problem)
			}
		}
	}
}

func TestTheAPIServersChecksWouldNoticeMistakes(t *testing.T) {
	all := render(t, read(t, chartDir+"/ci/full-values.yaml"))
	worker := find(t, all, "Deployment", "-worker").text
	for mistake, text := range map[string]string{
		"a long port name":     strings.ReplaceAll(worker, "{name: http, containerPort", "{name: a-very-long-port, containerPort"),
		"request above limit":  strings.Replace(worker, "memory: 96Mi", "memory: 96Gi", 1),
		"a selector that errs": strings.Replace(worker, "app.kubernetes.io/component: worker\n  template", "app.kubernetes.io/component: web\n  template", 1),
		"nonsense protocol":    strings.Replace(find(t, all, "NetworkPolicy", "-web").text, "protocol: UDP", "protocol: QUIC", 1),
		"at least above most":  strings.Replace(find(t, all, "HorizontalPodAutoscaler", "-web").text, "minReplicas: 2", "minReplicas: 9", 1),
		"two budgets":          strings.Replace(find(t, all, "PodDisruptionBudget", "-web").text, "maxUnavailable: 1", "maxUnavailable: 1\n  minAvailable: 1", 1),
		"an unknown mount":     strings.Replace(worker, "{name: ca, mountPath", "{name: cacert, mountPath", 1),
	} {
		if len(validate(t, text)) == 0 {
			t.Errorf("%s passed", mistake)
		}
	}
}

func custom(d document) bool {
	group, _, _ := strings.Cut(d.at("apiVersion").(string), "/")
	return group == "keda.sh" || strings.HasPrefix(group, "gateway.") || strings.HasPrefix(group, "monitoring.")
}

var decoder = serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict).UniversalDecoder()

// validate decodes an object as the API server does, with its defaults, and checks it.
func validate(t *testing.T, text string) field.ErrorList {
	t.Helper()
	object, _, err := decoder.Decode([]byte(text), nil, nil)
	if err != nil {
		return field.ErrorList{field.Invalid(nil, "", err.Error())}
	}
	return problems(t, object)
}

func problems(t *testing.T, object runtime.Object) field.ErrorList {
	t.Helper()
	pod := corev.PodValidationOptions{}
	switch o := object.(type) {
	case *apps.Deployment:
		return appsv.ValidateDeployment(o, pod)
	case *apps.StatefulSet:
		return appsv.ValidateStatefulSet(o, appsv.StatefulSetValidationOptions{}, pod)
	case *core.Pod:
		return corev.ValidatePodCreate(o, pod)
	case *core.Service:
		if o.Spec.ClusterIP != "" {
			o.Spec.ClusterIPs = []string{o.Spec.ClusterIP} // as the API server does before it looks
		}
		return corev.ValidateServiceCreate(o)
	case *core.ServiceAccount:
		return corev.ValidateServiceAccount(o)
	case *core.ConfigMap:
		return corev.ValidateConfigMap(o)
	case *networking.NetworkPolicy:
		return networkingv.ValidateNetworkPolicy(o, networkingv.NetworkPolicyValidationOptions{})
	case *networking.Ingress:
		return networkingv.ValidateIngressCreate(o)
	case *policy.PodDisruptionBudget:
		return policyv.ValidatePodDisruptionBudget(o, policyv.PodDisruptionBudgetValidationOptions{})
	case *autoscaling.HorizontalPodAutoscaler:
		return autoscalingv.ValidateHorizontalPodAutoscaler(o, autoscalingv.HorizontalPodAutoscalerSpecValidationOptions{})
	}
	t.Errorf("nobody checks a %T: add it here", object)
	return nil
}

// Every pod may run in a namespace that enforces the strictest of the Pod Security Standards.
func TestEveryPodIsRestricted(t *testing.T) {
	for name, v := range cases(t) {
		for _, d := range render(t, v) {
			if d.at("spec", "template", "spec") == nil && d.kind() != "Pod" {
				continue
			}
			p := pod(t, d.text)
			if why := refused(t, p); why != "" {
				t.Errorf("%s: %s: %s", name, d.name(), why)
			}
			for _, c := range append(p.InitContainers, p.Containers...) {
				if s := c.SecurityContext; s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
					t.Errorf("%s: %s can write to its own file system", name, c.Name)
				}
				if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
					t.Errorf("%s: %s has no memory limit or no request", name, c.Name)
				}
			}
			if p.AutomountServiceAccountToken == nil || *p.AutomountServiceAccountToken {
				t.Errorf("%s: %s is given a token for the cluster it has no use for", name, d.name())
			}
		}
	}
}

func TestTheStandardWouldNoticeMistakes(t *testing.T) {
	text := find(t, render(t, values{}), "Deployment", "-worker").text
	for _, line := range []string{"runAsNonRoot: true", "type: RuntimeDefault", "allowPrivilegeEscalation: false", "drop: [ALL]"} {
		key, _, _ := strings.Cut(line, ":")
		if !strings.Contains(text, line) {
			t.Fatalf("no %s in the worker", line)
		}
		busted := strings.ReplaceAll(text, line, strings.NewReplacer("true", "false", "RuntimeDefault", "Unconfined", "escalation: false", "escalation: true",
			"[ALL]", "[]", "Escalation: false", "Escalation: true").Replace(line))
		if refused(t, pod(t, busted)) == "" {
			t.Errorf("without %s it passed", key)
		}
	}
}

func pod(t *testing.T, text string) *corev1.PodSpec {
	t.Helper()
	var w struct {
		Spec struct {
			corev1.PodSpec
			Template struct {
				Spec corev1.PodSpec `json:"spec"`
			} `json:"template"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal([]byte(text), &w); err != nil {
		t.Fatal(err)
	}
	if len(w.Spec.Containers) > 0 {
		return &w.Spec.PodSpec
	}
	return &w.Spec.Template.Spec
}

// refused says why the Pod Security Standard "restricted" refuses a pod, or nothing.
func refused(t *testing.T, p *corev1.PodSpec) string {
	t.Helper()
	evaluator, err := standard.NewEvaluator(standard.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	level := security.LevelVersion{Level: security.LevelRestricted, Version: security.LatestVersion()}
	found := standard.AggregateCheckResults(evaluator.EvaluatePod(level, &metav1.ObjectMeta{}, p))
	if found.Allowed {
		return ""
	}
	return found.ForbiddenDetail()
}
