# SPDX-License-Identifier: LGPL-2.1-or-later
SUMMARY = "Video in dma-bufs from camera to GPU to display, without copies"
LICENSE = "LGPL-2.1-or-later"
LIC_FILES_CHKSUM = "file://LICENSES/LGPL-2.1-or-later.txt;md5=4fbd65380cdd255951079008b364516c"

inherit externalsrc meson pkgconfig

EXTERNALSRC = "${ZEROCOPY_TREE}"
EXTERNALSRC_SYMLINKS = ""

DEPENDS = "jansson libdrm libpng v4l-utils virtual/egl virtual/libgles2"
EXTRA_OEMESON = "-Dtests=false -Dkernel=disabled -Ddocs=disabled"

PACKAGECONFIG ??= "gstreamer ${@bb.utils.filter('DISTRO_FEATURES', 'wayland', d)}"
PACKAGECONFIG[gstreamer] = "-Dgstreamer=enabled,-Dgstreamer=disabled,gstreamer1.0 gstreamer1.0-plugins-base"
PACKAGECONFIG[wayland] = "-Dwayland=enabled,-Dwayland=disabled,libxkbcommon wayland wayland-native wayland-protocols"
PACKAGECONFIG[man] = "-Dman=enabled,-Dman=disabled,scdoc-native"

PACKAGE_BEFORE_PN = "${PN}-tools gstreamer1.0-dmaheap"
FILES:${PN} = "${libdir}/libzerocopy.so.*"
FILES:${PN}-tools = "${bindir}/* ${datadir}/zerocopy/*"
FILES:gstreamer1.0-dmaheap = "${libdir}/gstreamer-1.0/*.so"
RRECOMMENDS:${PN}-tools = "zc-heaps"
