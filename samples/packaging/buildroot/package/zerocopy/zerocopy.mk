################################################################################
#
# zerocopy
#
################################################################################

ZEROCOPY_VERSION = 0.1.0
ZEROCOPY_SITE = $(realpath $(BR2_EXTERNAL_ZEROCOPY_PATH)/../../..)
ZEROCOPY_SITE_METHOD = local
ZEROCOPY_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = --exclude /build --exclude /kernel/out
ZEROCOPY_LICENSE = LGPL-2.1+, GPL-2.0 (kernel module)
ZEROCOPY_LICENSE_FILES = \
	LICENSES/LGPL-2.1-or-later.txt \
	LICENSES/GPL-2.0-only.txt
ZEROCOPY_INSTALL_STAGING = YES
ZEROCOPY_DEPENDENCIES = \
	host-pkgconf \
	jansson \
	libdrm \
	libegl \
	libgles \
	libpng \
	libv4l
ZEROCOPY_CONF_OPTS = \
	-Dtests=false \
	-Dkernel=disabled \
	-Dman=disabled \
	-Ddocs=disabled

ifeq ($(BR2_PACKAGE_GST1_PLUGINS_BASE),y)
ZEROCOPY_CONF_OPTS += -Dgstreamer=enabled
ZEROCOPY_DEPENDENCIES += gstreamer1 gst1-plugins-base
else
ZEROCOPY_CONF_OPTS += -Dgstreamer=disabled
endif

ifeq ($(BR2_PACKAGE_WAYLAND)$(BR2_PACKAGE_WAYLAND_PROTOCOLS)$(BR2_PACKAGE_LIBXKBCOMMON),yyy)
ZEROCOPY_CONF_OPTS += -Dwayland=enabled
ZEROCOPY_DEPENDENCIES += host-wayland libxkbcommon wayland wayland-protocols
else
ZEROCOPY_CONF_OPTS += -Dwayland=disabled
endif

# The module's own Makefile asks the kernel what it offers, and leaves in kernel/out what
# Buildroot then builds and installs.
ifeq ($(BR2_PACKAGE_ZEROCOPY_MODULE),y)
ZEROCOPY_MODULE_SUBDIRS = kernel/out

define ZEROCOPY_PREPARE_MODULE
	$(LINUX_MAKE_ENV) $(MAKE) $(LINUX_MAKE_FLAGS) -C $(@D)/kernel KDIR=$(LINUX_DIR)
endef
ZEROCOPY_PRE_BUILD_HOOKS += ZEROCOPY_PREPARE_MODULE

define ZEROCOPY_INSTALL_RULE
	$(INSTALL) -D -m 0644 $(@D)/kernel/70-zc-heaps.rules \
		$(TARGET_DIR)/usr/lib/udev/rules.d/70-zc-heaps.rules
endef
ZEROCOPY_POST_INSTALL_TARGET_HOOKS += ZEROCOPY_INSTALL_RULE

$(eval $(kernel-module))
endif

$(eval $(meson-package))
