import {
  Certificate,
  ClusterIssuer,
  Issuer,
} from '@kubernetes-models/cert-manager/cert-manager.io/v1';
import {
  ClusterSecretStore,
  ExternalSecret,
  SecretStore,
} from '@kubernetes-models/external-secrets/external-secrets.io/v1';
import { Gateway, HTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import {
  Alertmanager,
  PodMonitor,
  Probe,
  Prometheus,
  PrometheusRule,
  ServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { AlertmanagerConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1';
import { DaemonSet, Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { CronJob, Job } from 'kubernetes-models/batch/v1';
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import {
  ClusterRole,
  ClusterRoleBinding,
  Role,
  RoleBinding,
} from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import {
  ConfigMap,
  LimitRange,
  Namespace,
  PersistentVolumeClaim,
  Pod,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
} from 'kubernetes-models/v1';

/** What is wrong with an object, as ajv says it. */
export type SchemaError = {
  readonly instancePath: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
};
/** Reads an object by the schema of its kind. */
export type Validator = (object: object) => readonly SchemaError[];
type Model = { readonly prototype: { validate(): void } };

/**
 * Everything the export may write, by API version: Kubernetes 1.36, and the custom resources as of their packages. What
 * is not here is refused, so that a misspelt kind is one nobody knows. A field newer than a customer's cluster passes.
 */
const MODELS: Readonly<Record<string, Readonly<Record<string, Model>>>> = {
  v1: {
    ConfigMap,
    LimitRange,
    Namespace,
    PersistentVolumeClaim,
    Pod,
    ResourceQuota,
    Secret,
    Service,
    ServiceAccount,
  },
  'apps/v1': { DaemonSet, Deployment, StatefulSet },
  'batch/v1': { CronJob, Job },
  'autoscaling/v2': { HorizontalPodAutoscaler },
  'policy/v1': { PodDisruptionBudget },
  'networking.k8s.io/v1': { Ingress, NetworkPolicy },
  'rbac.authorization.k8s.io/v1': { ClusterRole, ClusterRoleBinding, Role, RoleBinding },
  'cert-manager.io/v1': { Certificate, ClusterIssuer, Issuer },
  'external-secrets.io/v1': { ClusterSecretStore, ExternalSecret, SecretStore },
  'gateway.networking.k8s.io/v1': { Gateway, HTTPRoute },
  'monitoring.coreos.com/v1': {
    Alertmanager,
    PodMonitor,
    Probe,
    Prometheus,
    PrometheusRule,
    ServiceMonitor,
  },
  'monitoring.coreos.com/v1alpha1': { AlertmanagerConfig },
};

/**
 * The package takes the claim embedded in a Prometheus for an object of its own and asks for its version and kind; in the
 * definition of the operator both are optional.
 */
const isOfTheApi = ({ instancePath, params }: SchemaError): boolean =>
  !(
    instancePath.endsWith('/volumeClaimTemplate') &&
    ['apiVersion', 'kind'].includes(String(params['missingProperty']))
  );

/** The validator of a kind; undefined where nobody knows it. */
export function validatorOf(apiVersion: string, kind: string): Validator | undefined {
  const model = MODELS[apiVersion]?.[kind];
  if (model === undefined) return undefined;
  return (object) => {
    try {
      // Asked of the object itself: the constructor of a model would make a copy that nobody watches.
      model.prototype.validate.call(object);
      return [];
    } catch (error) {
      const { errors } = error as { readonly errors?: readonly SchemaError[] };
      if (errors === undefined) throw error;
      return errors.filter(isOfTheApi);
    }
  };
}
