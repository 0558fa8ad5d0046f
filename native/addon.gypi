# The addon's target, for binding.gyp and gyp/binding.gyp, which say where the root is. Sources and definitions are those
# of sources.json, which CMakeLists.txt and scripts/prebuilds.mjs read too; they repeat these flags. There is no -march:
# instruction sets are target regions inside native/isa/. -ffp-contract=off: a multiply-add is fused only where the code
# says fma.
{
  'targets': [
    {
      'target_name': 'flyhash',
      'sources': [
        '<!@(node -p "const s = require(\'<(root)/native/sources.json\'); [...s.sources, ...s.addon].map((file) => \'<(root)/\' + file).join(\' \')")',
      ],
      'include_dirs': ['<(root)/native'],
      'dependencies': ['<!(node -p "require(\'node-addon-api\').targets"):node_addon_api_except'],
      'defines': ['<!@(node -p "require(\'<(root)/native/sources.json\').definitions.join(\' \')")'],
      'cflags!': ['-fno-omit-frame-pointer'],
      'cflags_cc!': ['-std=gnu++17', '-std=gnu++20'],
      'cflags_cc': [
        '-std=c++20',
        '-O3',
        '-ffp-contract=off',
        '-fvisibility=hidden',
        '-fvisibility-inlines-hidden',
        '-Wall',
        '-Wextra',
        '-Werror=missing-field-initializers',
      ],
      'conditions': [
        ['OS=="linux"', {
          # Nothing is asked of the machine's C++ library, and none of ours is shown to it. nodelete: pool
          # threads may still run in the code when the last environment that loaded it goes.
          'ldflags': [
            '-static-libstdc++',
            '-static-libgcc',
            '-Wl,--exclude-libs,ALL',
            '-Wl,-z,nodelete',
          ],
        }],
        ['OS=="mac"', {
          'xcode_settings': {
            'CLANG_CXX_LANGUAGE_STANDARD': 'c++20',
            'CLANG_CXX_LIBRARY': 'libc++',
            'GCC_OPTIMIZATION_LEVEL': '3',
            'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
            'MACOSX_DEPLOYMENT_TARGET': '11.0',
            'OTHER_CPLUSPLUSFLAGS': ['-ffp-contract=off', '-Wall', '-Wextra'],
          },
        }],
        ['OS=="win"', {
          'msvs_settings': {
            'VCCLCompilerTool': {
              'AdditionalOptions': ['/std:c++20', '/fp:precise', '/O2', '/utf-8', '/wd5030'],
            },
          },
        }],
      ],
    },
  ],
}
