import './sdk-warning.ts';
import { CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { FactswayError } from '../../model/errors.ts';
import type { Cdn } from '../../ports/object-store.ts';

/** CloudFront, which has one region; AWS_ENDPOINT_URL_CLOUDFRONT leads elsewhere. */
export const cloudFrontCdn: Cdn = {
  async invalidate(distribution, paths, reference) {
    const command = new CreateInvalidationCommand({
      DistributionId: distribution,
      InvalidationBatch: {
        CallerReference: reference,
        Paths: { Quantity: paths.length, Items: [...paths] },
      },
    });
    try {
      await new CloudFrontClient({ region: 'us-east-1' }).send(command);
    } catch (error) {
      const { name, message } = error as Error;
      throw new FactswayError(
        'FW-UPDATES-CDN',
        `Distribution ${distribution}: ${name}: ${message}. The manifests are written; what the edge still holds it asks for again by itself.`,
        `Invalidate by hand: aws cloudfront create-invalidation --distribution-id ${distribution} --paths ${paths.join(' ')}`,
      );
    }
  },
};
