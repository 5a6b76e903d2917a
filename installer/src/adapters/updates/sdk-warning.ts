/**
 * The AWS SDK warns whoever runs it on Node.js 20 that its releases of 2027 will not. The one in this package does, and
 * whoever types a command here can do nothing about it.
 */
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
