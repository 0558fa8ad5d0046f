# The build of a checkout (node-gyp). It is not published: package managers take a binding.gyp in a package's root for
# an order to compile, whatever prebuilds lie beside it. native/gyp/binding.gyp is for people who want to.
{
  'variables': {'root': '.'},
  'includes': ['native/addon.gypi'],
}
