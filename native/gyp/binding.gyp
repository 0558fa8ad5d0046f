# The build of an installed package, for platforms without a prebuild (docs/installing.md):
# npx node-gyp rebuild --directory node_modules/flyhash/native/gyp
{
  'variables': {'root': '../..'},
  'includes': ['../addon.gypi'],
  'targets': [
    {
      'target_name': 'place',
      'type': 'none',
      'dependencies': ['flyhash'],
      'copies': [
        {
          'destination': '<(root)/build/Release',
          'files': ['<(PRODUCT_DIR)/flyhash.node'],
        },
      ],
    },
  ],
}
