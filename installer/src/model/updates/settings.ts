import * as z from 'zod';

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z]{2}(-[a-z0-9]+)+$/;
const bucket = z.string().regex(BUCKET, 'must be the name of a bucket');
const region = z.string().regex(REGION, 'must be a region such as eu-central-1');
const address = z
  .string()
  .regex(
    /^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/,
    'must be an address such as https://updates.example.com',
  );

/** `updates.yaml`: where an update server keeps its files, and where clients ask for them. Who we are is never in it. */
export const updatesSettings = z.strictObject({
  apiVersion: z.literal('factsway-updates/v1'),
  /** What desktop apps ask; manifests are read back here. */
  url: address,
  bucket,
  region,
  /** The bucket in another region that S3 copies everything to. */
  replica: z.strictObject({ bucket, region }).optional(),
  /** Id of the CloudFront distribution that has to forget old manifests. */
  distribution: z
    .string()
    .regex(/^[A-Z0-9]+$/, 'must be the id of a distribution, such as E2ABCDEF123456')
    .optional(),
  /** Another S3 server than Amazon's. */
  endpoint: address.optional(),
  forcePathStyle: z.boolean().default(false),
});

export type UpdatesSettings = z.infer<typeof updatesSettings>;

/** One bucket, with all that is needed to reach it. */
export type BucketPlace = {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly forcePathStyle: boolean;
};

/** Every bucket of an update server; the first is the one that is written. */
export function placesOf(settings: UpdatesSettings): readonly [BucketPlace, ...BucketPlace[]] {
  const { bucket: name, region: where, replica, endpoint, forcePathStyle } = settings;
  const shared = { forcePathStyle, ...(endpoint === undefined ? {} : { endpoint }) };
  return [
    { bucket: name, region: where, ...shared },
    ...(replica ? [{ ...replica, ...shared }] : []),
  ];
}
