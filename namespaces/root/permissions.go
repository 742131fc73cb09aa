package root

// Permissions are what requests of the namespace need. Those of its topics are in
// their policies.
func Permissions() []string {
	return []string{
		Aircraft().Permission, Safety().Permission, mayAcknowledge, mayViewRules, mayManageRules, mayManageAll,
		ACARS().Permission, Airspace().Permission, NOTAMs().Permission,
		mayViewSystem, "wildfires.view", "notifications.view",
	}
}
