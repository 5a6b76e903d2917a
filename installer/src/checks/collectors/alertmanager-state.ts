import type { InstanceView } from './instance-view.ts';

/** What keeps Alertmanager from taking alerts, as the rest of a sentence; empty when it takes them. */
export async function collectAlertmanager(
  view: InstanceView,
): Promise<{ readonly problem: string }> {
  const { alertmanagerPort } = view.catalog.context.config.monitoring;
  try {
    const { status } = await view.ports.http.request({
      url: `http://127.0.0.1:${alertmanagerPort}/-/ready`,
    });
    return { problem: status === 200 ? '' : `answers ${status}` };
  } catch (error) {
    return {
      problem: `does not answer: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
