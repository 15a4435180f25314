// A network of the installation's own: the gate goes out through one subnet, storage and vault are reached in another.
param location string
param tags object
param token string
param isFlex bool
param hostAccountId string
param dataAccountId string
param evidenceAccountId string
param vaultId string

resource rules 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: 'nsg-gating-${token}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'only-from-inside'
        properties: {
          priority: 4000
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: 'vnet-gating-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        '10.71.0.0/16'
      ]
    }
    subnets: [
      {
        name: 'function'
        properties: {
          addressPrefix: '10.71.0.0/24'
          networkSecurityGroup: {
            id: rules.id
          }
          delegations: [
            {
              name: 'function'
              properties: {
                // Flex runs on the platform of Container Apps; Premium on that of App Service.
                serviceName: isFlex ? 'Microsoft.App/environments' : 'Microsoft.Web/serverFarms'
              }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: '10.71.1.0/24'
          networkSecurityGroup: {
            id: rules.id
          }
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }
}

// The suffix of a vault's name, as the private zone of this cloud has it.
var vaultZone = 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
var zoneNames = [
  'privatelink.blob.${environment().suffixes.storage}'
  'privatelink.queue.${environment().suffixes.storage}'
  'privatelink.table.${environment().suffixes.storage}'
  vaultZone
]
var endpoints = [
  { name: 'host-blob', id: hostAccountId, group: 'blob', zone: 0 }
  { name: 'host-table', id: hostAccountId, group: 'table', zone: 2 }
  { name: 'data-blob', id: dataAccountId, group: 'blob', zone: 0 }
  { name: 'data-queue', id: dataAccountId, group: 'queue', zone: 1 }
  { name: 'data-table', id: dataAccountId, group: 'table', zone: 2 }
  { name: 'evidence-blob', id: evidenceAccountId, group: 'blob', zone: 0 }
  { name: 'vault', id: vaultId, group: 'vault', zone: 3 }
]

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [for name in zoneNames: {
  name: name
  location: 'global'
  tags: tags
}]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for (name, i) in zoneNames: {
  parent: zones[i]
  name: 'gating'
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: network.id
    }
  }
}]

resource private 'Microsoft.Network/privateEndpoints@2025-05-01' = [for endpoint in endpoints: {
  name: 'pe-${endpoint.name}-${token}'
  location: location
  tags: tags
  properties: {
    subnet: {
      id: network.properties.subnets[1].id
    }
    privateLinkServiceConnections: [
      {
        name: endpoint.name
        properties: {
          privateLinkServiceId: endpoint.id
          groupIds: [
            endpoint.group
          ]
        }
      }
    ]
  }
}]

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = [for (endpoint, i) in endpoints: {
  parent: private[i]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: endpoint.group
        properties: {
          privateDnsZoneId: zones[endpoint.zone].id
        }
      }
    ]
  }
}]

output functionSubnetId string = network.properties.subnets[0].id
