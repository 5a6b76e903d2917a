export { reportJson, reportText } from '../../../k8s/proof/report.ts';
