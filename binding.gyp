{
  'targets': [
    {
      'target_name': 'flyhash',
      'sources': ['<!@(node -p "const s = require(\'./native/sources.json\'); [...s.sources, ...s.addon].join(\' \')")'],
      'dependencies': ['<!(node -p "require(\'node-addon-api\').targets"):node_addon_api_except'],
      'defines': ['NAPI_VERSION=8', 'NODE_ADDON_API_DISABLE_DEPRECATED', 'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'],
      'cflags_cc': ['-std=c++20', '-O3', '-ffp-contract=off', '-fvisibility=hidden', '-Wall', '-Wextra', '-Werror=missing-field-initializers'],
      'cflags_cc!': ['-std=gnu++17', '-std=gnu++20', '-fno-rtti'],
      'conditions': [
        ['OS=="linux"', {'ldflags': ['-static-libstdc++', '-static-libgcc', '-Wl,-z,nodelete']}],
        ['OS=="mac"', {'xcode_settings': {
          'CLANG_CXX_LANGUAGE_STANDARD': 'c++20', 'GCC_OPTIMIZATION_LEVEL': '3', 'MACOSX_DEPLOYMENT_TARGET': '11.0',
          'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES', 'OTHER_CPLUSPLUSFLAGS': ['-ffp-contract=off']}}],
        ['OS=="win"', {'msvs_settings': {'VCCLCompilerTool': {'AdditionalOptions': ['/std:c++20', '/fp:precise', '/O2']}}}],
      ],
    },
  ],
}
